/** What file systems answer that know no flock(2). */
export const NO_FLOCK = ["ENOLCK", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EINVAL"];
