"""Cut GitHub's own GraphQL schema down to what publishing's queries use.

The source is the npm package `@octokit/graphql-schema` (GitHub's schema, MIT licence). To renew:

    npm pack @octokit/graphql-schema@VERSION
    tar xzf octokit-graphql-schema-VERSION.tgz package/schema.graphql
    python -m tests.publish.cut_graphql package/schema.graphql VERSION
"""

import sys
from pathlib import Path
from typing import Any

from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_schema,
    get_named_type,
    parse,
    specified_scalar_types,
    validate,
    visit,
)

from bot.publish.queries import QUERIES

CUT = Path(__file__).parent / "github.graphql"


class Uses(Visitor):
    """Which fields of which types the queries name."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self.types = types
        self.fields: set[tuple[str, str]] = set()

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        parent, field = self.types.get_parent_type(), self.types.get_field_def()
        if parent is not None and field is not None and not node.name.value.startswith("__"):
            self.fields.add((parent.name, node.name.value))


def used_fields(schema: GraphQLSchema) -> set[tuple[str, str]]:
    types = TypeInfo(schema)
    uses = Uses(types)
    for query in QUERIES.values():
        document = parse(query)
        assert not validate(schema, document), validate(schema, document)
        visit(document, TypeInfoVisitor(types, uses))
    return uses.fields


def cut(schema: GraphQLSchema) -> str:
    fields = used_fields(schema)
    named: dict[str, Any] = {}
    for parent, name in sorted(fields):
        take(schema, schema.type_map[parent], named)
        field = schema.type_map[parent].fields[name]  # type: ignore[attr-defined]
        take(schema, get_named_type(field.type), named)
        for argument in field.args.values():
            take(schema, get_named_type(argument.type), named)
    parts = [text(schema, kind, fields, named) for _, kind in sorted(named.items())]
    return "\n\n".join(part for part in parts if part) + "\n"


def take(schema: GraphQLSchema, kind: Any, named: dict[str, Any]) -> None:
    """Keep a type, with those its inputs need and the concrete ones it may stand for."""
    if kind.name in named or kind.name in specified_scalar_types:
        return
    named[kind.name] = kind
    if isinstance(kind, GraphQLInputObjectType):
        for field in kind.fields.values():
            take(schema, get_named_type(field.type), named)
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        for possible in schema.get_possible_types(kind):
            take(schema, possible, named)


def text(
    schema: GraphQLSchema, kind: Any, fields: set[tuple[str, str]], named: dict[str, Any]
) -> str:
    match kind:
        case GraphQLScalarType():
            return f"scalar {kind.name}"
        case GraphQLEnumType():
            return f"enum {kind.name} {{\n" + "".join(f"  {v}\n" for v in kind.values) + "}"
        case GraphQLInputObjectType():
            inside = "".join(f"  {n}: {f.type}\n" for n, f in kind.fields.items())
            return f"input {kind.name} {{\n{inside}}}"
        case GraphQLUnionType():
            return f"union {kind.name} = " + " | ".join(sorted(each.name for each in kind.types))
        case GraphQLInterfaceType() | GraphQLObjectType():
            return with_fields(kind, fields, named)
        case _:
            raise AssertionError(kind)


def used_of(
    kind: GraphQLInterfaceType | GraphQLObjectType, fields: set[tuple[str, str]]
) -> list[str]:
    """Return the fields in use; a type needs one even where none is."""
    used = [name for owner, name in fields if owner == kind.name]
    return used or ["id" if "id" in kind.fields else next(iter(kind.fields))]


def with_fields(
    kind: GraphQLInterfaceType | GraphQLObjectType,
    fields: set[tuple[str, str]],
    named: dict[str, Any],
) -> str:
    bases = [base for base in kind.interfaces if base.name in named]
    names = {name for each in (kind, *bases) for name in used_of(each, fields)}
    lines = []
    for name in sorted(names):
        field = kind.fields[name]
        arguments = ", ".join(f"{n}: {a.type}" for n, a in field.args.items())
        lines.append(f"  {name}{f'({arguments})' if arguments else ''}: {field.type}\n")
    word = "interface" if isinstance(kind, GraphQLInterfaceType) else "type"
    also = f" implements {' & '.join(base.name for base in bases)}" if bases else ""
    return f"{word} {kind.name}{also} {{\n{''.join(lines)}}}"


if __name__ == "__main__":
    source, version = sys.argv[1:]
    whole = build_schema(Path(source).read_text(encoding="utf-8"), assume_valid=True)
    head = "# GitHub's GraphQL schema (MIT licence), cut by cut_graphql.py\n"
    head += f"# from @octokit/graphql-schema {version}\n\n"
    result = head + cut(whole)
    assert not validate(build_schema(result), parse(QUERIES["Look"]))
    CUT.write_text(result, encoding="utf-8")
