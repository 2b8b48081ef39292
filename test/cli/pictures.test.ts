import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";
import { describe, expect, it } from "vitest";
import { textures } from "../../src/data/index.ts";
import { conv2d, createModel, flatten, linear, network } from "../../src/index.ts";
import { odenet } from "../support/command.ts";
import { scratchFolder } from "../support/scratch.ts";

const SIZE = 16;
const PLANE = SIZE * SIZE;

/** Textures as pictures, a folder a class; some are JPEG files. */
function writePictures(folder: string, examples: number): void {
  const { features, labels, classes = [] } = textures({ examples, size: SIZE, seed: 1 });
  for (const name of classes) mkdirSync(join(folder, name), { recursive: true });
  for (let i = 0; i < examples; i++) {
    const image = (features as Uint8Array).subarray(i * 3 * PLANE, (i + 1) * 3 * PLANE);
    const data = Uint8Array.from({ length: 4 * PLANE }, (_, k) =>
      k % 4 === 3 ? 255 : (image[(k % 4) * PLANE + (k >> 2)] as number),
    );
    const jpeg = i % 7 === 0;
    const picture = { width: SIZE, height: SIZE, data };
    const file = jpeg ? encodeJpeg(picture, 95).data : encode({ ...picture, channels: 4 });
    const stem = String(i).padStart(3, "0");
    writeFileSync(
      join(folder, classes[(labels as Uint8Array)[i] as number] as string, `${stem}.${jpeg ? "jpg" : "png"}`),
      file,
    );
  }
}

describe("pictures on the command line", () => {
  it("a folder with a sub-folder a class: trained, evaluated, and one picture predicted", async () => {
    const cwd = scratchFolder({});
    writePictures(join(cwd, "pictures"), 60);
    const flags = ["--size", "12", "--width", "8", "--steps", "2", "--epochs", "2", "--out", "m.safetensors"];
    const trained = await odenet(cwd, "train", "pictures", ...flags);
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    expect(trained.stdout).toMatch(/pictures: 48 examples to learn from, 12 to check with, .*5 classes/);
    const evaluated = await odenet(cwd, "evaluate", "m.safetensors", "pictures", "--json");
    expect(JSON.parse(evaluated.stdout)).toMatchObject({ examples: 60 });
    const predicted = await odenet(cwd, "predict", "m.safetensors", "pictures/rings/059.png");
    expect(predicted.stdout).toMatch(/^class,checks,diagonal,horizontal,rings,vertical\n\w+,/);
    expect(predicted.code).toBe(0);
  });

  it.each([
    ["a folder without pictures", ["train", "empty"], 1, /empty: expected a folder with one sub-folder a class/],
    [
      "a picture cut short",
      ["train", "damaged"],
      1,
      /damaged\/a\/x\.png: expected a complete PNG file, got one that ends/,
    ],
    ["one picture to train on", ["train", "mixed/a/x.png"], 2, /mixed\/a\/x\.png: expected a folder .*got one picture/],
    [
      "something else by the name of a picture",
      ["predict", "m.safetensors", "text.png"],
      1,
      /text\.png: expected a PNG or a JPEG/,
    ],
    ["pictures of two sizes", ["train", "mixed"], 1, /expected pictures of one size.*--size/s],
    ["a size that is none", ["train", "mixed", "--size", "12x"], 2, /Expected pixels/],
    ["a size for points", ["train", "peaks.csv", "--size", "12"], 2, /--size: belongs to folders of pictures/],
  ])("refuses %s", async (_, command, code, message) => {
    const cwd = scratchFolder({});
    for (const name of ["empty", "damaged", "mixed"]) mkdirSync(join(cwd, name, "a"), { recursive: true });
    const png = (size: number) =>
      encode({ width: size, height: size, data: new Uint8Array(3 * size * size), channels: 3 });
    writeFileSync(join(cwd, "damaged", "a", "x.png"), png(9).subarray(0, 60));
    writeFileSync(join(cwd, "mixed", "a", "x.png"), png(9));
    writeFileSync(join(cwd, "mixed", "a", "y.png"), png(8));
    writeFileSync(join(cwd, "peaks.csv"), "x,y,c\n0,1,a\n1,0,b\n");
    writeFileSync(join(cwd, "text.png"), "no picture");
    const model = await createModel(network({ input: [1, 8, 8], layers: [conv2d(2), flatten(), linear(2)] }));
    writeFileSync(join(cwd, "m.safetensors"), model.toBytes());
    model.dispose();
    const { code: got, stderr } = await odenet(cwd, ...command);
    expect(stderr).toMatch(message);
    expect(got).toBe(code);
  });
});
