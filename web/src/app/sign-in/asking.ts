import { useState } from 'react';
import { tellOthers } from '~/api/gate';
import { type Problem, problemOf, readProblem } from '~/api/problem';
import type { components } from '~/api/schema';
import { bare, entered, inSession, type SignedIn } from '~/api/session';

export type FactorAsked = components['schemas']['FactorAsked'];
type Asked = components['schemas']['Asked'];

/** The doors are asked without the client: a refusal here is the answer, nothing to sign in for. */
export function useAsking() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(false);
  async function ask<T>(path: string, body: object = {}): Promise<T | null> {
    setPending(true);
    setProblem(null);
    try {
      const proves = path.startsWith('/auth/step-up');
      const answer = await (proves ? inSession : bare)(`/api/v1${path}`, {
        method: 'POST',
        body: JSON.stringify(body),
      });
      if (answer.ok) return (await answer.json()) as T;
      setProblem(await readProblem(answer));
    } catch (lost) {
      setProblem(problemOf(lost));
    } finally {
      setPending(false);
    }
    return null;
  }
  const enter = (said: SignedIn | null) => {
    if (!said) return false;
    entered(said);
    tellOthers();
    return true;
  };
  return { ask, enter, problem, pending, setProblem };
}

export type { Asked };
