"""Commands that mend what somebody changed behind Pulumi's back."""

from cli.doctor.facts import Facts


def refreshed(facts: Facts) -> str:
    """Look at what is really at Confluent and AWS, and make what is missing or other."""
    tool = "./cdc pulumi" if facts.stack.local else "pulumi"
    return f"{tool} up -s {facts.stack.name} --refresh"


def compared(facts: Facts) -> str:
    """Look at the catalog and routes.yaml line by line."""
    database = facts.stack.contract.database
    elsewhere = f"postgresql://OWNER@{database.host}:{database.port}/{database.database}"
    return f"./cdc routes check --database {'local' if facts.stack.local else elsewhere}"


def restored(facts: Facts) -> str:
    """Have lost statements begin where they came to, and make them again."""
    return f"./cdc statements restore -s {facts.stack.name} && {refreshed(facts)}"


def migrated(facts: Facts) -> str:
    """Have the migrator look at the database again: publication, grants, its own tables."""
    return "./cdc up" if facts.stack.local else f"pulumi up -s {facts.stack.name} --replace '**::migration-run'"
