import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromBase64, toBase64 } from "../../src/core/base64.ts";
import { Sha256, sha256 } from "../../src/core/sha256.ts";

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, (_, k) => (k * 197 + (k >> 3)) & 255);

describe("SHA-256", () => {
  it("is that of the standard's examples", () => {
    const of = (text: string) => new Sha256().text(text).hex();
    expect(of("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(of("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  });

  it("is that of OpenSSL at every length around a block, in whatever pieces", () => {
    for (let length = 0; length < 200; length++) {
      const bytes = bytesOf(length);
      const expected = createHash("sha256").update(bytes).digest("hex");
      expect(sha256(bytes)).toBe(expected);
      const pieces = new Sha256();
      for (let at = 0; at < length; at += 7) pieces.update(bytes.subarray(at, at + 7));
      expect(pieces.hex()).toBe(expected);
    }
    const long = bytesOf(1 << 20);
    expect(sha256(long)).toBe(createHash("sha256").update(long).digest("hex"));
  });

  it("takes a typed array's bytes", () => {
    const values = Float64Array.of(1, -2.5, Math.PI).subarray(1);
    expect(sha256(values)).toBe(createHash("sha256").update(values).digest("hex"));
  });
});

describe("base64", () => {
  it("is Node's, and comes back", () => {
    for (const length of [0, 1, 2, 3, 4, 5, 100, 0x6000 - 1, 0x6000, 0x6001, 100_000]) {
      const bytes = bytesOf(length);
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }
  });

  it("has one text for each row of bytes", () => {
    for (const other of ["AB==", "A", "AA=A", "AA==\n", " AA==", "AA"]) expect(fromBase64(other)).toBeUndefined();
  });
});
