import { CLEARING_PROBLEMS } from '../contract/clearing-problems.ts';
import { problemsOf } from '../contract/http/index.ts';

/** A refusal of the clearing API, to be thrown. */
export const clearingProblem = problemsOf(CLEARING_PROBLEMS);
