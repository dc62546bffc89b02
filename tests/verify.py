"""Receivers of other people's making: reads captured deliveries, one JSON object a line, and says of each whether a
library takes it. Run by tests/it/delivery/libraries.rs through script/python."""

import base64
import json
import sys
import warnings

import jwt
import standardwebhooks


def standard_webhooks(delivery, body):
    """The reference library, with the secret as its user was given it, or as bytes."""
    secret = delivery["secret"].encode() if delivery["raw"] else delivery["secret"]
    standardwebhooks.Webhook(secret).verify(body, delivery["headers"])


def bearer(delivery, body):
    """PyJWT, by the rules of a receiver: one algorithm, our issuer, its own host, no claim missing."""
    token = delivery["headers"]["authorization"].removeprefix("Bearer ")
    jwt.decode(
        token,
        delivery["secret"],
        algorithms=["HS256"],
        audience=delivery["audience"],
        issuer="mpt",
        options={"require": ["iss", "aud", "iat", "nbf", "exp"]},
    )


SCHEMES = {"standard webhooks": standard_webhooks, "bearer": bearer}

# A secret that somebody brought may be shorter than PyJWT likes.
warnings.simplefilter("ignore")

for line in sys.stdin:
    delivery = json.loads(line)
    try:
        SCHEMES[delivery["scheme"]](delivery, base64.b64decode(delivery["body"]))
        print("taken")
    except (standardwebhooks.WebhookVerificationError, jwt.InvalidTokenError) as error:
        print(f"refused: {error}")
