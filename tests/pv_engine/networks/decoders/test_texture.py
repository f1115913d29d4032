import torch

from pv_engine.networks.decoders.texture import Texture


def flat_texture(cell):
    """Draws the same grey from every cell, so that only the window shapes it."""
    texture = Texture(4, 5, 8, cell)
    with torch.no_grad():
        texture.norm.weight.zero_()
        texture.norm.bias.fill_(1.0)
        texture.patches.fill_(1 / 8)
    return texture


def drawn(texture, side=3):
    return texture(torch.rand(2, 4, side, side), torch.rand(2, 5, side, side))


def test_a_texture_is_as_large_as_its_cells_and_draws_nothing_at_first():
    for cell in (8, 32):
        picture = drawn(Texture(4, 5, 8, cell))
        assert picture.shape == (2, 3, 3 * cell, 3 * cell)
        assert not picture.any()


def test_patches_of_neighbours_leave_no_seam():
    cell = 8
    picture = drawn(flat_texture(cell))
    # Half a cell from the border, every place is under the windows of four patches.
    inner = picture[..., cell // 2 : -cell // 2, cell // 2 : -cell // 2]
    assert torch.allclose(inner, torch.ones_like(inner), atol=1e-6)


def test_a_texture_can_be_finer_than_any_enlargement_of_its_cells():
    texture = flat_texture(8)
    checkerboard = (torch.arange(16)[:, None] + torch.arange(16)) % 2 * 2.0 - 1
    with torch.no_grad():
        texture.patches.copy_(checkerboard.expand(8, 3, 16, 16) / 8)
    row = drawn(texture)[0, 0, 12, 4:-4]
    assert torch.allclose(row[1:], -row[:-1], atol=1e-6)
