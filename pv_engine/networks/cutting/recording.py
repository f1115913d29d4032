"""Records the steps of a network's forward, with what each gave for trial pictures.

torch.fx traces symbolically, so a forward that looks at a value (a shape, a type, a flag) would
stop it. Here each step is also computed, and the recorded values answer.
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
        return proxy

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
        return _Answering(node, self)

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


class _AnsweringAttribute(_Plain, fx.proxy.Attribute):
    """An attribute of a step, such as its shape, or one of its methods."""


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
