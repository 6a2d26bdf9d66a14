import type { AppError } from "../base/errors.ts";

/** Why a restore is refused; `force` tells whether `force: true` lets it pass. */
export interface Refusal {
  readonly error: AppError;
  readonly force: boolean;
}
