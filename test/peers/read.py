"""Reads a model with what Python has: struct and json for safetensors, NumPy for NPZ. Prints both as JSON."""
import json, struct, sys
import numpy

def safetensors(path):
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    body = data[8 + length :]
    arrays = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        kind = {"F32": "<f4", "F64": "<f8"}[entry["dtype"]]
        arrays[name] = numpy.frombuffer(body[begin:end], kind).reshape(entry["shape"])
    return arrays

def npz(path):
    with numpy.load(path) as archive:
        return {name: archive[name] for name in archive.files if name != "odenet.json"}

def told(arrays):
    return {name: {"shape": list(a.shape), "values": a.ravel().tolist()} for name, a in arrays.items()}

print(json.dumps([told(safetensors(sys.argv[1])), told(npz(sys.argv[2]))]))
