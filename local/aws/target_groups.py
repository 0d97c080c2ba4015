"""Elastic Load Balancing's target groups, as far as a function asks: who is registered. Nothing is balanced here.

Its protocol is AWS's "query": a form with an `Action` and numbered members; answers are XML.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from local.confluent.store import Store

NAMESPACE = "http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"
KIND = "target-group"
SERVICE = "elasticloadbalancing"
ACTIONS = ("DescribeTargetHealth", "RegisterTargets", "DeregisterTargets")


class Refused(Exception):
    """What AWS would answer with status 400. `code` is its name for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def answer(store: Store, body: bytes) -> bytes:
    """One request. Raises Refused."""
    asked = dict(parse_qsl(body.decode()))
    action = asked.get("Action", "")
    if action not in ACTIONS:
        raise Refused("InvalidAction", f"only {', '.join(ACTIONS)} are served locally")
    if not (group := asked.get("TargetGroupArn", "")):
        raise Refused("ValidationError", "TargetGroupArn is required")
    known = {str(one) for one in (store.get(KIND, group) or {}).get("targets", [])}
    result = ET.Element(f"{action}Result")
    if action == "DescribeTargetHealth":
        describe(result, known)
    else:
        named = set(targets(asked))
        store.put(KIND, group, {"targets": sorted(known | named if action == "RegisterTargets" else known - named)})
    whole = ET.Element(f"{action}Response", xmlns=NAMESPACE)
    whole.append(result)
    return ET.tostring(whole)


def targets(asked: Mapping[str, str]) -> Iterator[str]:
    """`address:port` of each target in a request."""
    number = 1
    while address := asked.get(f"Targets.member.{number}.Id"):
        yield f"{address}:{asked.get(f'Targets.member.{number}.Port', '')}"
        number += 1


def describe(result: ET.Element, known: set[str]) -> None:
    """Who is registered: all are healthy, since nobody asks them."""
    listed = ET.SubElement(result, "TargetHealthDescriptions")
    for target in sorted(known):
        address, _, port = target.rpartition(":")
        member = ET.SubElement(listed, "member")
        found = ET.SubElement(member, "Target")
        ET.SubElement(found, "Id").text = address
        ET.SubElement(found, "Port").text = port
        ET.SubElement(ET.SubElement(member, "TargetHealth"), "State").text = "healthy"


def error(refused: Refused) -> bytes:
    """The body of a refusal."""
    whole = ET.Element("ErrorResponse", xmlns=NAMESPACE)
    inner = ET.SubElement(whole, "Error")
    ET.SubElement(inner, "Type").text = "Sender"
    ET.SubElement(inner, "Code").text = refused.code
    ET.SubElement(inner, "Message").text = str(refused)
    return ET.tostring(whole)
