import torch

from pv_engine.explain.outline import outlined, outlines


def test_the_outline_is_the_inner_border_of_the_mask():
    mask = torch.zeros(1, 6, 6, dtype=torch.bool)
    mask[0, 1:5, 1:5] = True
    border = outlines(mask, 6)[0]
    inner = torch.zeros(6, 6, dtype=torch.bool)
    inner[2:4, 2:4] = True
    assert torch.equal(border, mask[0] & ~inner)


def test_a_mask_of_the_whole_picture_is_outlined_at_the_pictures_edge():
    border = outlines(torch.ones(1, 4, 4, dtype=torch.bool), 8)[0]
    assert border[0].all()
    assert not border[1:-1, 1:-1].any()
    assert not outlines(torch.zeros(1, 4, 4, dtype=torch.bool), 8).any()


def test_only_the_outline_is_coloured():
    pictures = torch.full((1, 3, 4, 4), 0.25)
    border = torch.zeros(1, 4, 4, dtype=torch.bool)
    border[0, 0, 0] = True
    drawn = outlined(pictures, border)
    assert drawn[0, :, 0, 0].tolist() == [1.0, 0.0, 1.0]
    assert (drawn[0, :, 1:] == 0.25).all()
