import { useCallback, useEffect, useState } from 'preact/hooks';

export type Answer<T> = { state: 'loading' } | { state: 'failed'; again: () => void } | { state: 'here'; value: T; again: () => void };

/** Asks at first render and on `again()`. `question` must be stable (useCallback), else it asks for ever. */
export function useAnswer<T>(question: () => Promise<T>): Answer<T> {
  const [tried, setTried] = useState(0);
  const [answer, setAnswer] = useState<Answer<T>>({ state: 'loading' });
  const again = useCallback(() => setTried((count) => count + 1), []);

  useEffect(() => {
    let wanted = true;
    setAnswer({ state: 'loading' });
    question().then(
      (value) => wanted && setAnswer({ state: 'here', value, again }),
      () => wanted && setAnswer({ state: 'failed', again }),
    );
    return () => {
      wanted = false;
    };
  }, [question, tried, again]);

  return answer;
}
