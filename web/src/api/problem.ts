import type { components } from './schema';

export type Problem = components['schemas']['Problem'];

/** Not an answer of the API: the network was away, or something broke on the way. */
export const NO_ANSWER = 'no-answer';

export const isProblem = (thrown: unknown): thrown is Problem =>
  typeof thrown === 'object' && thrown !== null && 'type' in thrown && 'status' in thrown && 'title' in thrown;

/** Whatever was thrown, as a problem; words for what is none are chosen where it is shown. */
export function problemOf(thrown: unknown): Problem {
  if (isProblem(thrown)) return thrown;
  const detail = thrown instanceof Error ? thrown.message : '';
  return { type: NO_ANSWER, title: '', status: 0, detail, what_to_do: '' } as Problem;
}

/** Whether nobody knows if it was done: then it is sent again under the same key. */
export const isUnknown = (problem: Problem) => problem.status === 0 || problem.status >= 500;

export async function readProblem(answer: Response): Promise<Problem> {
  try {
    const said: unknown = await answer.clone().json();
    if (isProblem(said)) return said;
  } catch {
    // not ours: a proxy on the way
  }
  return { type: NO_ANSWER, title: '', status: answer.status, detail: '', what_to_do: '' } as Problem;
}
