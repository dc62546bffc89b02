"""Whether every example in an OpenAPI document is what its schema says: `script/python tests/openapi_examples.py FILE`."""

import json
import sys

import jsonschema_rs

document = json.load(open(sys.argv[1]))
counted = 0
wrong = []


def follow(value):
    while "$ref" in value:
        step = document
        for name in value["$ref"].removeprefix("#/").split("/"):
            step = step[name]
        value = step
    return value


def judge(where, holder):
    """A holder of `schema` and `example`: a media type or a parameter."""
    global counted
    if "example" not in holder:
        wrong.append(f"{where}: there is no example")
        return
    counted += 1
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"]}
    schema["allOf"] = [holder["schema"]]
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    wrong.extend(f"{where}: {error.message}" for error in validator.iter_errors(holder["example"]))


for path, methods in document["paths"].items():
    for method, operation in methods.items():
        name = operation["operationId"]
        for parameter in operation.get("parameters", []):
            judge(f"{name} {parameter['name']}", parameter)
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            judge(f"{name} body {kind}", content)
        for status, answer in operation["responses"].items():
            for kind, content in follow(answer).get("content", {}).items():
                judge(f"{name} {status}", content)

print(f"{counted} examples, {len(wrong)} wrong")
print("\n".join(wrong))
sys.exit(bool(wrong))
