/** One network, or two side by side: A, and B with other settings. The address holds both. */
import { initialState, type State, stateFrom, textOf } from "../state.ts";
import type { Lab } from "./lab.ts";
import { Listeners } from "./listeners.ts";
import type { Pace } from "./paces.ts";
import { Session } from "./session.ts";

/** Of the address: B's settings where they differ from A's, and the mission that is being tried. */
const OTHER = "versus";
const MISSION = "mission";

export class Bench {
  readonly lab: Lab;
  readonly a: Session;
  b: Session | undefined;
  /** Whose settings are shown. */
  chosen: "a" | "b" = "a";
  /** The name of a mission, or nothing. */
  mission = "";
  readonly #listeners = new Listeners();

  constructor(lab: Lab, text: string) {
    this.lab = lab;
    this.a = new Session(lab, text);
    this.a.subscribe(this.#tell);
    this.#follow(text);
  }

  readonly #tell = (): void => {
    this.#listeners.tell();
  };

  subscribe(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Whose settings are shown. */
  get session(): Session {
    return this.chosen === "b" ? (this.b ?? this.a) : this.a;
  }

  get sessions(): readonly Session[] {
    return this.b ? [this.a, this.b] : [this.a];
  }

  get running(): boolean {
    return this.sessions.some(({ running }) => running);
  }

  /** As in the address. */
  get text(): string {
    const words = new URLSearchParams(textOf(this.a.state));
    if (this.b) words.set(OTHER, textOf(this.b.state) || "-");
    if (this.mission) words.set(MISSION, this.mission);
    return words.toString();
  }

  /** Takes the state of an address. */
  async goTo(text: string): Promise<void> {
    this.#follow(text);
    await this.a.goTo(text);
  }

  /** What of an address is not A's. */
  #follow(text: string): void {
    const words = new URLSearchParams(text);
    this.mission = words.get(MISSION) ?? "";
    const other = words.get(OTHER);
    if (other === null) this.single();
    else if (this.b) void this.b.goTo(other);
    else this.compare(stateFrom(other));
  }

  choose(which: "a" | "b"): void {
    this.chosen = which;
    this.#tell();
  }

  setMission(name: string): void {
    this.mission = name;
    this.#tell();
  }

  /** B begins as A is, unless it is told how. */
  compare(state: State = this.a.state): void {
    if (this.b) return;
    this.b = new Session(this.lab, textOf(state));
    this.b.given = this.a.given;
    this.b.pace = this.a.pace;
    this.b.subscribe(this.#tell);
    this.chosen = "b";
    this.#tell();
  }

  single(): void {
    const { b } = this;
    this.b = undefined;
    this.chosen = "a";
    if (b) void b.close();
    this.#tell();
  }

  async each(task: (session: Session) => Promise<unknown>): Promise<void> {
    await Promise.all(this.sessions.map(task));
  }

  setPace(pace: Pace): void {
    void this.each((session) => session.setPace(pace));
  }

  /** All settings as they were at first. */
  restore(): void {
    void this.session.change(initialState);
  }
}
