"""Splits the recorded steps of a network in two at one step."""

import operator
from typing import Any

from torch import Tensor, fx, nn

from pv_engine.errors import RecipeError


def split(
    graph: fx.Graph, cut: fx.Node, network: nn.Module, architecture: str
) -> tuple[fx.GraphModule, fx.GraphModule]:
    """Return the part up to a step, and the part from its output on; both share the modules.

    Raises RecipeError if the second part needs more than that output.
    """
    end = next(node for node in graph.nodes if node.op == "output")
    behind = needed_for(end, cut)
    if reads_pictures(behind, cut):
        raise RecipeError(
            f"{architecture} decides by more than one feature map, so it has no single one to "
            "explain; choose a network with one."
        )
    before, after = fx.Graph(), fx.Graph()
    copies: dict[fx.Node, fx.Node] = {}
    _copy(graph, needed_for(cut, None), before, copies)
    before.output(copies[cut])
    copies = {cut: after.placeholder("features")}
    for node in behind:
        if node is not cut and is_known_after(node):
            copies[node] = _known(after, copies[cut], node)
    _copy(graph, behind - copies.keys(), after, copies)
    return fx.GraphModule(network, before, "Encoder"), fx.GraphModule(network, after, "Head")


def reads_pictures(behind: set[fx.Node], cut: fx.Node) -> bool:
    """Return whether some of the steps needs the pictures themselves; arguments with defaults do
    not count."""
    return any(node.op == "placeholder" and node is not cut and not node.args for node in behind)


def needed_for(last: fx.Node, stop: fx.Node | None) -> set[fx.Node]:
    """Return a step and all steps that it depends on, not going back beyond `stop`.

    After a cut, the size, type and device of an earlier tensor are known without it.
    """
    found, waiting = {last}, [last]
    while waiting:
        node = waiting.pop()
        if node is stop or (stop is not None and is_known_after(node)):
            continue
        new = set(node.all_input_nodes) - found
        found |= new
        waiting += new
    return found


def is_known_after(node: fx.Node) -> bool:
    """Return whether a step asks what the features themselves can answer, or was recorded."""
    return _size_asked(node) is not None or _like_asked(node) is not None


def _like_asked(node: fx.Node) -> str | None:
    """Return whether a step asks for a tensor's device or type; None for any other step."""
    if node.target is not getattr or node.args[1] not in ("device", "dtype"):
        return None
    source = node.args[0]
    is_tensor = isinstance(source, fx.Node) and isinstance(source.meta.get("trial"), Tensor)
    return str(node.args[1]) if is_tensor else None


def _size_asked(node: fx.Node) -> int | None:
    """Return which axis of a tensor a step asks the length of; None for any other step."""
    if node.op == "call_method" and node.target == "size" and len(node.args) == 2:
        return _axis(node.args[1])
    if node.target is operator.getitem and isinstance(node.args[0], fx.Node):
        source = node.args[0]
        asks = source.target is getattr and source.args[1] == "shape"
        asks = asks or (source.op == "call_method" and source.target == "size")
        return _axis(node.args[1]) if asks and len(source.args) < 3 else None
    return None


def _axis(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _known(after: fx.Graph, features: fx.Node, node: fx.Node) -> Any:
    """The length of an axis: as many as there are features, or what was recorded; or a device."""
    name = _like_asked(node)
    if name is not None:
        return after.call_function(getattr, (features, name))
    if _size_asked(node) == 0:
        return after.call_method("size", (features, 0))
    return node.meta["trial"]


def _copy(
    graph: fx.Graph, wanted: set[fx.Node], into: fx.Graph, copies: dict[fx.Node, Any]
) -> None:
    """Copy steps in order, adding each copy to `copies`."""
    for node in graph.nodes:
        if node not in wanted:
            continue
        if node.op == "placeholder" and node.args:
            copies[node] = node.args[0]  # an argument of the forward, at its default
        elif any(not isinstance(copies.get(each), fx.Node) for each in node.all_input_nodes):
            copies[node] = _with_constants(node, into, copies)
        else:
            copies[node] = into.node_copy(node, copies.__getitem__)


def _with_constants(node: fx.Node, into: fx.Graph, copies: dict[fx.Node, Any]) -> fx.Node:
    """Copy a step some of whose inputs are plain values now."""
    args = fx.node.map_arg(node.args, copies.__getitem__)
    kwargs = fx.node.map_arg(node.kwargs, copies.__getitem__)
    if node.op == "output":
        last: fx.Node = into.output(args[0])
        return last
    return into.create_node(node.op, node.target, args, kwargs)


def is_tensor_of(node: fx.Node, pictures: int) -> bool:
    """Return whether a step gives a tensor with a row for each of the pictures."""
    output = node.meta.get("trial")
    return isinstance(output, Tensor) and output.dim() > 0 and len(output) == pictures
