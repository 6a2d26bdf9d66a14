import project from "../../deno.json" with { type: "json" };

/** The product's version, as the project file names it. */
export const VERSION: string = project.version;
