/** Every environment variable the product reads; the permission flags of the tasks name the same ones. */
export const ENVIRONMENT_VARIABLES = [
  "CONFIG_PATH",
  "LIBRARY_ROOT",
  "SERVER_HOST",
  "SERVER_PORT",
  "DATABASE_URL",
  "SECRET_KEY",
  "BACKUP_ADMIN_PASSWORD",
  "LOG_LEVEL",
  "TZ",
  "BACKUP_PATH",
  "BACKUP_RETENTION_COUNT",
  "BACKUP_AUTO_ENABLED",
  "BACKUP_AUTO_SCHEDULE",
  "LC_ALL",
  "LC_MESSAGES",
  "LANG",
  "NO_COLOR",
] as const;

/** One of {@linkcode ENVIRONMENT_VARIABLES}. */
export type EnvironmentVariable = typeof ENVIRONMENT_VARIABLES[number];

/** The variables that are set. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the known variables once. Nothing else in the product looks at the environment, so a test decides
 * it by passing another record.
 */
export function readEnvironment(): Environment {
  return Object.fromEntries(ENVIRONMENT_VARIABLES.map((name) => [name, Deno.env.get(name)]));
}
