"""Languages that a consumer can be written in: how they call Avro's types, which files they need, how they are built and started."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stacks.errors import CdcError


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """`types`: by Avro's names; `list_of`, `or_null`: forms of a list, and of what may be missing.

    `files`: template by file (`NAME`, `MODULE`: the consumer's); `needs`: programs; `build`: commands in its folder.
    `command`, `cwd`: how its test starts it, as Python.
    """

    types: Mapping[str, str]
    list_of: Callable[[str], str]
    or_null: Callable[[str], str]
    files: Mapping[str, str]
    needs: Sequence[str] = ()
    build: Sequence[Sequence[str]] = ()
    command: str
    cwd: str = "HERE"

    def kind(self, avro: Any) -> str:
        """A type of Avro in this language."""
        if isinstance(avro, list):
            parts: list[Any] = avro
            known = [self.kind(one) for one in parts if one != "null"]
            return self.or_null(" | ".join(known)) if "null" in parts else " | ".join(known)
        if isinstance(avro, dict):
            return self.list_of(self.kind(avro["items"])) if avro["type"] == "array" else self.kind(avro["type"])
        return self.types[avro]


LANGUAGES = {
    "python": Language(
        types={
            "string": "str",
            "bytes": "bytes",
            "int": "int",
            "long": "int",
            "float": "float",
            "double": "float",
            "boolean": "bool",
        },
        list_of="list[{}]".format,
        or_null="{} | None".format,
        files={
            "NAME.yaml": "python/settings.yaml",
            "__init__.py": "python/__init__.py",
            "work.py": "python/work.py",
            "test_MODULE.py": "test.py",
            "Containerfile": "python/Containerfile",
        },
        command='sys.executable, "-m", "examples.consumer", str(HERE / "{name}.yaml")',
        cwd="ROOT",
    ),
    "java": Language(
        types={
            "string": "String",
            "bytes": "java.nio.ByteBuffer",
            "int": "Integer",
            "long": "Long",
            "float": "Float",
            "double": "Double",
            "boolean": "Boolean",
        },
        list_of="java.util.List<{}>".format,
        or_null=str,
        files={
            "pom.xml": "java/pom.xml",
            **{f"src/main/java/consumer/{one}.java": f"java/{one}.java" for one in ("Main", "Records", "Work")},
            "test_MODULE.py": "test.py",
            "Containerfile": "java/Containerfile",
        },
        needs=("java", "javac", "mvn"),
        build=(("mvn", "-q", "-B", "package", "dependency:copy-dependencies", "-DincludeScope=runtime"),),
        command='"java", "-cp", "target/classes:target/dependency/*", "consumer.Main"',
    ),
    "typescript": Language(
        types={
            "string": "string",
            "bytes": "Buffer",
            "int": "number",
            "long": "bigint",
            "float": "number",
            "double": "number",
            "boolean": "boolean",
        },
        list_of="({})[]".format,
        or_null="{} | null".format,
        files={
            "package.json": "typescript/package.json",
            "tsconfig.json": "typescript/tsconfig.json",
            **{f"src/{one}": f"typescript/{one}" for one in ("main.ts", "records.ts", "work.ts", "lz4js.d.ts")},
            "test_MODULE.py": "test.py",
            "Containerfile": "typescript/Containerfile",
        },
        needs=("node", "npm"),
        build=(("npm", "install", "--no-audit", "--no-fund"), ("npx", "tsc")),
        command='"node", "dist/main.js"',
    ),
}


def named(name: str) -> Language:
    """CdcError for one that there is not."""
    if name not in LANGUAGES:
        raise CdcError(f"there is no starter in {name}", f"known: {', '.join(LANGUAGES)}")
    return LANGUAGES[name]
