"""Records the steps of a network's forward, with what each gave for trial pictures.

torch.fx traces symbolically, so a forward that looks at a value (a shape, a type, a flag) would
stop it. Here each step is also computed, and the recorded values answer.

A step that changes a tensor in place is what that tensor is from there on, under every name.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from torch import Tensor, fx, nn

# Whether a module's own steps are recorded, rather than the module as one step.
Opens = Callable[[nn.Module], bool]


class Recorder(fx.Tracer):
    """Traces the root's forward; modules for which `opens` is false are single steps."""

    def __init__(self, pictures: Tensor, opens: Opens) -> None:
        super().__init__()
        self.pictures = pictures
        self.opens = opens
        self._computes = False
        # All names that the forward has for what a step gave.
        self._names: dict[fx.Node, list[fx.Proxy]] = {}

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        return not self.opens(m)

    def call_module(
        self, m: nn.Module, forward: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> Any:
        if self._computes:
            return forward(*args, **kwargs)
        return super().call_module(m, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if self._computes:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)

    def create_proxy(self, kind: str, target: Any, *args: Any, **kwargs: Any) -> fx.Proxy:
        proxy = super().create_proxy(kind, target, *args, **kwargs)
        was, self._computes = self._computes, True
        try:
            proxy.node.meta["trial"] = self._value(proxy.node)
        finally:
            self._computes = was
        if self._changes(proxy.node):
            self.rename(proxy.node.all_input_nodes[0], proxy.node)
        return proxy

    def _changes(self, node: fx.Node) -> bool:
        """Return whether a step changes its first input in place."""
        if node.op == "call_module":
            module = self.root.get_submodule(str(node.target))
            return getattr(module, "inplace", False) is True
        if node.op not in ("call_method", "call_function") or not node.all_input_nodes:
            return False
        name = getattr(node.target, "__name__", str(node.target))
        ends = name.endswith("_") and not name.startswith("__")
        return ends or node.target is with_items or node.kwargs.get("inplace") is True

    def rename(self, before: fx.Node, after: fx.Node) -> None:
        """Let all names of what one step gave be those of what another gave."""
        names = self._names.pop(before, [])
        for name in names:
            name.node = after
        self._names.setdefault(after, []).extend(names)

    def _value(self, node: fx.Node) -> Any:
        if node.op == "placeholder":
            # Further arguments of a forward are left at their defaults.
            return node.args[0] if node.args else self.pictures
        if node.op == "get_attr":
            value: Any = self.root
            for part in str(node.target).split("."):
                value = getattr(value, part)
            return value
        args: Any = fx.node.map_arg(node.args, self._given)
        kwargs: Any = fx.node.map_arg(node.kwargs, self._given)
        if node.op == "call_module":
            # Lists in a trace are immutable, but HRNets change their arguments.
            free = tuple(list(each) if isinstance(each, list) else each for each in args)
            return self.root.get_submodule(str(node.target))(*free, **kwargs)
        if node.op == "call_method":
            return getattr(args[0], str(node.target))(*args[1:], **kwargs)
        return node.target(*args, **kwargs) if callable(node.target) else args[0]

    def _given(self, node: fx.Node) -> Any:
        if "trial" not in node.meta:  # a buffer that stands among the arguments
            node.meta["trial"] = self._value(node)
        return node.meta["trial"]

    def proxy(self, node: fx.Node) -> fx.Proxy:
        found = _Answering(node, self)
        self._names.setdefault(node, []).append(found)
        return found

    def to_bool(self, obj: fx.Proxy) -> bool:
        return bool(plain_value(obj.node))

    def iter(self, obj: fx.Proxy) -> Iterator[Any]:
        steps: Any = obj
        return iter([steps[place] for place in range(len(obj.node.meta["trial"]))])

    def keys(self, obj: fx.Proxy) -> Any:
        return obj.node.meta["trial"].keys()


class _Plain:
    """What a step answers where Python itself asks: its length, or its value as a number."""

    node: fx.Node

    def __len__(self) -> int:
        return len(self.node.meta["trial"])

    def __int__(self) -> int:
        return int(plain_value(self.node))

    def __index__(self) -> int:
        return int(plain_value(self.node))

    def __float__(self) -> float:
        return float(plain_value(self.node))


class _Answering(_Plain, fx.Proxy):
    """A step that knows what it gave."""

    def __getattr__(self, name: str) -> Any:
        return _AnsweringAttribute(self, name)

    def __setitem__(self, index: Any, value: Any) -> None:
        self.tracer.create_proxy("call_function", with_items, (self, index, value), {})

    def __iadd__(self, other: Any) -> Any:
        return self._become(self + other)

    def __isub__(self, other: Any) -> Any:
        return self._become(self - other)

    def __imul__(self, other: Any) -> Any:
        return self._become(self * other)

    def __itruediv__(self, other: Any) -> Any:
        return self._become(self / other)

    def _become(self, changed: fx.Proxy) -> fx.Proxy:
        # Numbers keep their other names.
        if isinstance(self.node.meta["trial"], Tensor) and isinstance(self.tracer, Recorder):
            self.tracer.rename(self.node, changed.node)
        return changed


class _AnsweringAttribute(_Plain, fx.proxy.Attribute):
    """An attribute of a step, such as its shape, or one of its methods."""


def with_items(tensor: Tensor, index: Any, value: Any) -> Tensor:
    """Return a copy of a tensor with other values in some places."""
    changed = tensor.clone()
    changed[index] = value
    return changed


def plain_value(node: fx.Node) -> Any:
    """Return what a step gave, unless it is a tensor, which differs from picture to picture."""
    value = node.meta["trial"]
    if isinstance(value, Tensor):
        raise fx.proxy.TraceError("its forward decides by the values of a tensor what to compute")
    return value


def record(network: nn.Module, pictures: Tensor, opens: Opens) -> fx.Graph:
    """Return the steps of a network, each with its value for the pictures as `meta["trial"]`.

    Whatever the forward raises is raised.
    """
    graph: fx.Graph = Recorder(pictures, opens).trace(network, _defaults(network))
    end = next(node for node in graph.nodes if node.op == "output")
    end.meta["trial"] = fx.node.map_arg(end.args[0], lambda node: node.meta["trial"])
    return graph


def _defaults(network: nn.Module) -> dict[str, Any]:
    """The default of every argument of the forward but the first, which are the pictures."""
    further = list(inspect.signature(network.forward).parameters.values())[1:]
    return {each.name: each.default for each in further if each.default is not each.empty}
