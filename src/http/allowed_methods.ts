import type { HttpApp } from "./environment.ts";

/**
 * Finds which methods a path takes: none when there is no such path.
 *
 * A path that is written out wins over one with a parameter.
 */
export function allowedMethods(app: HttpApp, path: string): string[] {
  const routes = app.openAPIRegistry.definitions.flatMap((definition) =>
    definition.type === "route" ? [definition.route] : []
  );
  const literal = routes.filter((route) => route.path === path);
  const found = literal.length > 0 ? literal : routes.filter((route) => fits(route.path, path));
  const methods = new Set(found.map(({ method }) => method.toUpperCase()));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods];
}

function fits(template: string, path: string): boolean {
  const wanted = template.split("/");
  const given = path.split("/");
  return wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith("{") || part === given[index]);
}
