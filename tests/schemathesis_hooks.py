"""What schemathesis cannot know from the document: which names the public DNS does not have."""

from urllib.parse import urlsplit

import schemathesis

# The ends of names that are refused (src/domain/webhook/endpoint_host.rs) and that hypothesis likes to make.
LOCAL = ("alt", "arpa", "home", "internal", "invalid", "lan", "local", "localhost", "mail", "onion", "private", "test")


def is_public(url):
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return True  # malformed is for the server to find
    return len(host) <= 253 and host.rstrip(".").rsplit(".", 1)[-1].lower() not in LOCAL


@schemathesis.hook
def filter_body(context, body):
    if not isinstance(body, dict):
        return True
    urls = [body.get("url"), body.get("endpoint")]
    urls += [value.get("value") for value in urls if isinstance(value, dict)]
    return all(is_public(url) for url in urls if isinstance(url, str))
