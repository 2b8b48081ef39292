"""PyTorch on one thread, eager. Same protocol as protocol.mjs."""
import json
import math
import os
import sys
import time

import torch

torch.set_num_threads(1)
torch.set_num_interop_threads(1)


def uniform(length, scale, seed=1):
    s, values = seed, []
    for _ in range(length):
        s = (s * 1664525 + 1013904223) & 0xFFFFFFFF
        values.append(scale * (2 * s / 2**32 - 1))
    return torch.tensor(values, dtype=torch.float32)


def affine(rows, columns, seed):
    w = uniform(rows * columns, math.sqrt(6 / (rows + columns)), seed).reshape(rows, columns)
    return w.clone().requires_grad_(), torch.zeros(columns, requires_grad=True)


def step(r):
    width, layers = r["width"], r["layers"]
    opening = affine(r["inputs"], width, 1)
    block = [affine(width, width, 2 + j) for j in range(layers)]
    classifier = affine(width, r["outputs"], 3 + layers)
    parameters = [p for pair in [opening, *block, classifier] for p in pair]
    optimizer = torch.optim.SGD(parameters, lr=r["learningRate"], momentum=r["momentum"], foreach=True)
    data = [
        (torch.tensor(b["features"], dtype=torch.float32).reshape(-1, r["inputs"]), torch.tensor(b["labels"]))
        for b in r["batches"]
    ]
    turn = [0]

    def run():
        x, y = data[turn[0] % len(data)]
        turn[0] += 1
        state = torch.tanh(torch.addmm(opening[1], x, opening[0]))
        for w, b in block:
            state = torch.add(state, torch.tanh(torch.addmm(b, state, w)), alpha=1 / layers)
        loss = torch.nn.functional.cross_entropy(torch.addmm(classifier[1], state, classifier[0]), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def lenet(r):
    """LeNet-5 on two batches of noise, labels in turn: one training step."""
    batch = r["batch"]
    torch.manual_seed(1)
    conv, linear, relu, pool = torch.nn.Conv2d, torch.nn.Linear, torch.nn.ReLU, torch.nn.MaxPool2d
    net = torch.nn.Sequential(
        conv(1, 6, 5, padding=2), relu(), pool(2), conv(6, 16, 5), relu(), pool(2), torch.nn.Flatten(),
        linear(400, 120), relu(), linear(120, 84), relu(), linear(84, 10),
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=r["learningRate"], momentum=r["momentum"], foreach=True)
    images = uniform(2 * batch * 784, 1).reshape(2, batch, 1, 28, 28)
    labels = (torch.arange(2 * batch) % 10).reshape(2, batch)
    turn = [0]

    def run():
        x, y = images[turn[0] % 2], labels[turn[0] % 2]
        turn[0] += 1
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def fashion(r):
    """Two blocks of y - h K^T relu(N(K y) + b), N the instance norm, on two batches of noise: one training step."""
    batch, f = r["batch"], torch.nn.functional

    def kernel(outputs, inputs, size, seed):
        scale = math.sqrt(6 / (inputs * size * size))
        return uniform(outputs * inputs * size * size, scale, seed).reshape(outputs, inputs, size, size).requires_grad_()

    def block(count, width, seed):
        return [(kernel(width, width, 3, seed + j), torch.zeros(1, width, 1, 1, requires_grad=True)) for j in range(count)]

    def steps(y, layers):
        for k, b in layers:
            force = torch.relu(f.instance_norm(f.conv2d(y, k, padding=1)) + b)
            y = torch.sub(y, f.conv_transpose2d(force, k, padding=1), alpha=1 / len(layers))
        return y

    opening, connector = kernel(16, 1, 3, 1), kernel(32, 16, 1, 2)
    norms = [torch.nn.InstanceNorm2d(16, affine=True), torch.nn.InstanceNorm2d(32, affine=True)]
    blocks = [block(1, 16, 3), block(2, 32, 4)]
    classifier = torch.nn.Linear(1568, 10)
    own = [p for layers in blocks for pair in layers for p in pair]
    parameters = [opening, connector, *own, *classifier.parameters(), *(p for n in norms for p in n.parameters())]
    optimizer = torch.optim.SGD(parameters, lr=r["learningRate"], momentum=r["momentum"], foreach=True)
    images = uniform(2 * batch * 784, 1).reshape(2, batch, 1, 28, 28)
    labels = (torch.arange(2 * batch) % 10).reshape(2, batch)
    turn = [0]

    def run():
        x, y = images[turn[0] % 2], labels[turn[0] % 2]
        turn[0] += 1
        state = steps(torch.relu(norms[0](f.conv2d(x, opening, stride=2, padding=1))), blocks[0])
        state = steps(f.avg_pool2d(torch.relu(norms[1](f.conv2d(state, connector))), 2), blocks[1])
        loss = f.cross_entropy(classifier(state.flatten(1)), y)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def product(r):
    m, n, k = r["m"], r["n"], r["k"]
    a = uniform(m * k, 1).reshape((k, m) if r["kind"] == "tn" else (m, k))
    b = uniform(k * n, 1).reshape((n, k) if r["kind"] == "nt" else (k, n))
    a, b = (a.t() if r["kind"] == "tn" else a), (b.t() if r["kind"] == "nt" else b)
    c = torch.empty(m, n)

    def run():
        torch.mm(a, b, out=c)
        return 0

    return run


now = time.process_time if os.environ.get("BENCH_CLOCK") == "cpu" else time.perf_counter


def rate(run, seconds):
    fastest, calls, start = math.inf, 1, now()
    while now() - start < seconds:
        before = now()
        for _ in range(calls):
            run()
        elapsed = now() - before
        if elapsed < seconds / 60:
            calls *= 2
        else:
            fastest = min(fastest, elapsed / calls)
    return 1 / fastest


prepared = {}
for line in sys.stdin:
    try:
        request = json.loads(line)
        seconds = request.pop("seconds")
        key = json.dumps(request)
        if key not in prepared:
            prepared[key] = {"step": step, "leNet": lenet, "fashion": fashion, "product": product}[request["task"]](request)
            for _ in range(3):
                prepared[key]()
        check = prepared[key]()
        print(json.dumps({"rate": rate(prepared[key], seconds), "check": check}), flush=True)
    except Exception as error:
        print(json.dumps({"error": str(error)}), flush=True)
