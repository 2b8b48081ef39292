/** The whole course on paper: a screen a page, with what is to be seen under the last of each. */
import { withoutStyles } from "../download.ts";
import { screensOf } from "./screens.ts";
import type { Page } from "./useCourse.ts";

/** Panels side by side on paper. */
const ABREAST = 3;

export function Printed({ pages }: { pages: readonly Page[] }) {
  return (
    <div class="printed" aria-hidden="true">
      {pages.flatMap((page) =>
        screensOf(page, ABREAST).map(({ title, panels }, k, all) => (
          <section key={`${page.title}${k}`}>
            <h2>{page.title}</h2>
            <h3>{title}</h3>
            <div class="drawings">
              {panels.map((svg) => (
                <div key={svg} class="drawing" dangerouslySetInnerHTML={{ __html: withoutStyles(svg) }} />
              ))}
            </div>
            {k === all.length - 1 && page.statements.map(({ text }) => <p key={text}>{text}</p>)}
          </section>
        )),
      )}
    </div>
  );
}
