"""Realistic events of the five types, valid by schemas/events. Seeded: the same seed makes the same stories."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from events_api.validation import validator

from cli.traffic import schemas

TYPES = ("CarCreated", "LoanCreated", "LoanPaymentSubmitted", "CarServiceDone", "LoanCancelled")
UNROUTED_TYPE = "LoanCancelled"  # no route takes it
NAMES = {
    "CarCreated": "Car Created",
    "LoanCreated": "Loan Created",
    "LoanPaymentSubmitted": "Loan Payment Submitted",
    "CarServiceDone": "Car Service Done",
    "LoanCancelled": "Loan Cancelled",
}
CARS = (("Tesla", "Model S"), ("BMW", "330i"), ("Mercedes", "C 300"), ("Toyota", "Camry"), ("Ford", "F-150"))
COLORS = ("Midnight Silver", "Alpine White", "Obsidian Black", "Ocean Blue", "Ruby Red")
BANKS = ("First National Bank", "Harbor Credit Union", "Coastal Savings", "Summit Lending")
DEALERS = (
    ("DEALER-001", "Tesla San Francisco"),
    ("DEALER-002", "BMW Los Angeles"),
    ("DEALER-003", "Mercedes New York"),
)
OWNERS = ("Dana Ortiz", "Lee Chen", "Amara Okafor", "Jonas Weber", "Priya Nair")
VIN_CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it is sent: `body` is valid by event.json."""

    id: str
    type: str
    body: dict[str, Any]


def instant(moment: datetime) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def money(value: float) -> float:
    """Two decimals."""
    return round(value, 2)


class Factory:
    """Makes events that belong together: loans are for cars made before, payments for loans."""

    def __init__(self, seed: int) -> None:
        schemas.check()
        self.random = random.Random(seed)  # noqa: S311 - sample data
        self.cars: list[str] = []
        self.loans: list[str] = []

    def mixed(self, count: int, types: tuple[str, ...] = TYPES) -> Iterator[Event]:
        """`count` events, the types in turn."""
        for number in range(count):
            yield self.make(types[number % len(types)])

    def make(self, kind: str) -> Event:
        """One event of a type, checked against the schema."""
        now = datetime.now(UTC)
        identity = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        header = {
            "uuid": identity,
            "eventName": NAMES[kind],
            "eventType": kind,
            "createdDate": instant(now - timedelta(seconds=self.random.uniform(1, 5))),
            "savedDate": instant(now),
        }
        builders = {
            "CarCreated": self.car,
            "LoanPaymentSubmitted": self.payment,
            "CarServiceDone": self.service,
        }
        entity = builders.get(kind, self.loan)(now, kind)
        body = {"eventHeader": header, "entities": [entity]}
        validator().validate(body)
        return Event(identity, kind, body)

    def entity(self, kind: str, now: datetime, prefix: str) -> dict[str, Any]:
        """What all entities have."""
        identity = f"{prefix}-{self.random.getrandbits(48):012x}"
        stamp = instant(now)
        header = {"entityId": identity, "entityType": kind, "createdAt": stamp, "updatedAt": stamp}
        return {"entityHeader": header, "id": identity}

    def past(self, now: datetime, days: int) -> str:
        """Some time in the last `days` days."""
        return instant(now - timedelta(days=self.random.uniform(1, days)))

    def recent(self, known: list[str], identity: str = "") -> str:
        """One of the last fifty things made, remembering a new one."""
        if identity:
            known.append(identity)
            del known[:-50]
        return self.random.choice(known) if known else f"none-{self.random.getrandbits(32):08x}"

    def car(self, now: datetime, kind: str) -> dict[str, Any]:
        entity = self.entity("Car", now, "car")
        make, model = self.random.choice(CARS)
        self.recent(self.cars, entity["id"])
        return {
            **entity,
            "vin": "".join(self.random.choices(VIN_CHARACTERS, k=17)),
            "make": make,
            "model": model,
            "year": self.random.randint(2015, 2027),
            "color": self.random.choice(COLORS),
            "mileage": self.random.randint(5, 120_000),
            "lastServiceDate": self.past(now, 300),
            "totalBalance": money(self.random.uniform(0, 60_000)),
            "lastLoanPaymentDate": self.past(now, 30),
            "owner": self.random.choice(OWNERS),
        }

    def loan(self, now: datetime, kind: str) -> dict[str, Any]:
        entity = self.entity("Loan", now, "loan")
        amount, months = money(self.random.uniform(8_000, 90_000)), self.random.choice((36, 48, 60, 72))
        self.recent(self.loans, entity["id"])
        return {
            **entity,
            "carId": self.recent(self.cars),
            "financialInstitution": self.random.choice(BANKS),
            "balance": money(amount * self.random.uniform(0.2, 1)),
            "lastPaidDate": self.past(now, 30),
            "loanAmount": amount,
            "interestRate": round(self.random.uniform(0.02, 0.12), 4),
            "termMonths": months,
            "startDate": self.past(now, 700),
            "status": "cancelled" if kind == "LoanCancelled" else "active",
            "monthlyPayment": money(amount / months * 1.05),
        }

    def payment(self, now: datetime, kind: str) -> dict[str, Any]:
        entity = self.entity("LoanPayment", now, "payment")
        amount = money(self.random.uniform(150, 1_800))
        return {**entity, "loanId": self.recent(self.loans), "amount": amount, "paymentDate": instant(now)}

    def service(self, now: datetime, kind: str) -> dict[str, Any]:
        entity = self.entity("ServiceRecord", now, "service")
        dealer, name = self.random.choice(DEALERS)
        return {
            **entity,
            "carId": self.recent(self.cars),
            "serviceDate": instant(now),
            "amountPaid": money(self.random.uniform(60, 2_400)),
            "dealerId": dealer,
            "dealerName": name,
            "mileageAtService": self.random.randint(1_000, 200_000),
            "description": self.random.choice(("Oil change", "Brake pads", "Annual inspection", "Tyre rotation")),
        }
