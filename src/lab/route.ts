/** The part of the address after #: which view, and its state. */
import { useEffect, useState } from "preact/hooks";

export const views = ["train", "experiments", "lecture", "missions"] as const;
export type ViewName = (typeof views)[number];

export interface Route {
  readonly view: ViewName;
  /** `page` of #/lecture/page?text. */
  readonly page: string;
  readonly text: string;
}

export function routeOf(hash: string): Route {
  const [path = "", text = ""] = hash.replace(/^#\/?/, "").split("?");
  const [name = "", page = ""] = path.split("/");
  return { view: views.find((view) => view === name) ?? "train", page, text };
}

export const hashOf = ({ view, page, text }: Route): string =>
  `#/${view}${page ? `/${page}` : ""}${text ? `?${text}` : ""}`;

/** The route, as the address changes. */
export function useRoute(): Route {
  const [route, setRoute] = useState(() => routeOf(location.hash));
  useEffect(() => {
    const follow = () => setRoute(routeOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}
