"""The page of the Python API, made from the sources of the package alone: nothing is imported, so that
neither the compiled module nor numpy need be there. What is compiled is told by its stubs. Modules,
classes, functions and constants must have docstrings; of attributes the name and type may say all."""

import ast
import re
import textwrap


class Package:
    """The modules of a package, as written."""

    def __init__(self, folder):
        self.folder = folder
        self.trees = {}
        for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.pyi")]):
            parts = path.relative_to(folder.parent).with_suffix("").parts
            module = ".".join(part for part in parts if part != "__init__")
            self.trees[module] = ast.parse(path.read_text())

    def find(self, module, name):
        """What a name of a module is, followed through imports and assignments: a module's name, or a
        statement with the body it stands in; None when it is neither."""
        if f"{module}.{name}" in self.trees:
            return f"{module}.{name}"
        body = self.trees[module].body
        for statement in body:
            if isinstance(statement, ast.ImportFrom) and statement.module in self.trees:
                for alias in statement.names:
                    if (alias.asname or alias.name) == name:
                        return self.find(statement.module, alias.name)
            elif name in names_of(statement):
                value = getattr(statement, "value", None)
                return self.meant(module, value) or (statement, body)
        return None

    def meant(self, module, expression):
        """What a name, or a name of a name, stands for."""
        if isinstance(expression, ast.Name):
            return self.find(module, expression.id)
        if not isinstance(expression, ast.Attribute):
            return None
        owner = self.meant(module, expression.value)
        if isinstance(owner, str):
            return self.find(owner, expression.attr)
        for member in getattr(owner[0], "body", []) if owner else []:
            if expression.attr in names_of(member):
                return member, owner[0].body
        return None

    def text_at(self, module, name):
        """What is said of a name where it is assigned, or there imported from."""
        body = self.trees[module].body
        for statement in body:
            if isinstance(statement, ast.ImportFrom) and statement.module in self.trees:
                for alias in statement.names:
                    if (alias.asname or alias.name) == name:
                        return self.text_at(statement.module, alias.name)
            elif name in names_of(statement):
                return text_behind(body, statement)
        return ""

    def exported(self, module):
        for statement in self.trees[module].body:
            if "__all__" in names_of(statement):
                return ast.literal_eval(statement.value)
        return [name for statement in self.trees[module].body for name in names_of(statement)
                if not name.startswith("_")]


def names_of(statement):
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return [statement.name]
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return [target.id for target in targets if isinstance(target, ast.Name)]


def text_behind(body, statement):
    """The string that stands behind an assignment, which is its documentation."""
    at = body.index(statement) + 1
    if at < len(body) and isinstance(body[at], ast.Expr) and isinstance(body[at].value, ast.Constant):
        return str(body[at].value.value)
    return ""


def signature(function, method):
    """As it is called: without self and without the annotation of what is private to the package."""
    arguments = ast.parse(ast.unparse(function)).body[0].args
    if method and (arguments.posonlyargs or arguments.args):
        (arguments.posonlyargs or arguments.args).pop(0)
    result = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return re.sub(r"\s+", " ", f"({ast.unparse(arguments)}){result}")


def directive(kind, head, text, inside="", fence="```", options=""):
    body = "\n\n".join(part for part in (textwrap.dedent(text).strip(), inside) if part)
    return f"{fence}{{py:{kind}}} {head}\n{options}\n{body}\n{fence}\n"


class Page:
    def __init__(self, package, problems):
        self.package = package
        self.problems = problems

    def told(self, name, text):
        if not text:
            self.problems.append(f"{name} has no docstring")
        return text or ""

    def function(self, name, function, member=False):
        marks = {ast.unparse(mark) for mark in function.decorator_list}
        text = ast.get_docstring(function) or ""
        short = name.rpartition(".")[2] if member else name
        if "property" in marks:
            kind = f":type: {ast.unparse(function.returns)}\n" if function.returns else ""
            return directive("property", short, text, options=kind)
        self.told(name, text)
        static = bool(marks & {"staticmethod"})
        head = short + signature(function, member and not static)
        kind = "function" if not member else "classmethod" if "classmethod" in marks else \
            "staticmethod" if static else "method"
        return directive(kind, head, text)

    def type(self, name, type_):
        inside, seen = [], set()
        for statement in type_.body:
            for member in names_of(statement):
                if member.startswith("_") or member in seen:
                    continue
                seen.add(member)
                if isinstance(statement, ast.FunctionDef):
                    inside.append(self.function(f"{name}.{member}", statement, member=True))
                else:
                    note = getattr(statement, "annotation", None)
                    kind = f":type: {ast.unparse(note)}\n" if note else ""
                    inside.append(directive("attribute", member, text_behind(type_.body, statement),
                                            options=kind))
        text = self.told(name, ast.get_docstring(type_))
        return directive("class", name, text, "\n".join(inside), fence="````")

    def module(self, module):
        parts = [f"## {module}\n\n{ast.get_docstring(self.package.trees[module]) or ''}\n"]
        for name in self.package.exported(module):
            if name.startswith("__"):
                continue
            found = self.package.find(module, name)
            full = f"{module}.{name}"
            if found is None or isinstance(found, str):
                self.problems.append(f"{full} is exported and defined nowhere")
                continue
            statement, body = found
            said = self.package.text_at(module, name)
            if isinstance(statement, ast.ClassDef):
                parts.append(self.type(full, statement))
            elif isinstance(statement, ast.FunctionDef):
                parts.append(self.function(full, statement))
            else:
                text = self.told(full, said or text_behind(body, statement))
                parts.append(directive("data", full, text))
        return "\n".join(parts)


def page(root, modules):
    """Markdown of the public modules, and what is not documented."""
    problems = []
    made = Page(Package(root / "bindings/python/racked"), problems)
    text = "\n".join(made.module(module) for module in modules)
    return text, [f"bindings/python: {problem}" for problem in problems]
