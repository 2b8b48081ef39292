"""AlexNet in PyTorch with parameters by formula: logits, loss and the norm of each parameter's gradient, as JSON.
alexNet.py single|grouped"""
import json, math, sys
import numpy, torch
from torch import nn

torch.set_num_threads(1)
grouped = sys.argv[1] == "grouped"


def symmetric(seed, count, scale):
    """s <- a s + c mod 2^32, u = s / 2^32, scale (2 u - 1); in closed form, since a and c wrap in uint32."""
    a = numpy.full(count, 1664525, numpy.uint32)
    powers = numpy.cumprod(a, dtype=numpy.uint32)
    sums = numpy.cumsum(numpy.concatenate([numpy.ones(1, numpy.uint32), powers[:-1]]), dtype=numpy.uint32)
    s = powers * numpy.uint32(seed) + numpy.uint32(1013904223) * sums
    return torch.from_numpy((scale * (2 * (s / 2.0**32) - 1)).astype(numpy.float32))


def conv(inputs, outputs, size, **options):
    return [nn.Conv2d(inputs, outputs, size, **options), nn.ReLU()]


pool = nn.MaxPool2d(3, 2)
if grouped:
    response = nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)  # PyTorch divides alpha by the size
    first = [*conv(3, 96, 11, stride=4), response, pool, *conv(96, 256, 5, padding=2, groups=2), response, pool]
    rest = [*conv(256, 384, 3, padding=1), *conv(384, 384, 3, padding=1, groups=2)]
    last = [*conv(384, 256, 3, padding=1, groups=2), pool]
else:
    first = [*conv(3, 64, 11, stride=4, padding=2), pool, *conv(64, 192, 5, padding=2), pool]
    rest = [*conv(192, 384, 3, padding=1), *conv(384, 256, 3, padding=1)]
    last = [*conv(256, 256, 3, padding=1), pool, nn.AdaptiveAvgPool2d(6)]
dense = [nn.Linear(9216, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
net = nn.Sequential(*first, *rest, *last, nn.Flatten(), *dense)

parameters = list(net.parameters())
with torch.no_grad():
    for k, p in enumerate(parameters):
        scale = math.sqrt(6 / p[0].numel()) if p.dim() > 1 else 0.1
        if grouped and k == 14:
            scale /= 20  # the images are brighter, for the norms' sake; the softmax shall not be saturated
        p.copy_(symmetric(k + 1, p.numel(), scale).reshape(p.shape))

side = 227 if grouped else 224
images = symmetric(99, 2 * 3 * side * side, 50 if grouped else 1).reshape(2, 3, side, side)
scores = net(images)
loss = nn.functional.cross_entropy(scores, torch.tensor([3, 700]))
loss.backward()
norms = [p.grad.double().norm().item() for p in parameters]
print(json.dumps({"scores": scores.flatten().tolist(), "loss": loss.item(), "norms": norms}))
