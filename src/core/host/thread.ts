/** A worker that is one thread of a team: an instance over the team's shared memory, which runs plans until it is ended. */

/** What a thread gets first. */
interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

/** What it gets once the team's memory is laid out. */
interface Post {
  readonly control: number;
  readonly thread: number;
}

/**
 * Makes the instance, says so, and returns what waits for plans in it (assembly/team.ts). It knows nothing but what it is
 * given: a team without a file for its threads runs this function's text.
 */
export function takePlace({ module, memory }: Start, ready: () => void): (post: Post) => void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  ready();
  return ({ control, thread }) =>
    (exports as { team_serve(control: number, thread: number): void }).team_serve(control, thread);
}

/** All that the file of a browser's thread calls. */
export function serveThread(): void {
  const scope = globalThis as unknown as {
    onmessage: (event: { data: Start & Post }) => void;
    postMessage(n: number): void;
  };
  let serve: ((post: Post) => void) | undefined;
  scope.onmessage = ({ data }) => {
    if (serve) serve(data);
    else serve = takePlace(data, () => scope.postMessage(0));
  };
}
