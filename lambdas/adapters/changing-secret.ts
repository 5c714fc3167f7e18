/** A secret that may be replaced while this process lives. */
export interface ChangingSecret {
  /** @throws SettingUnavailable when it can't be had, and never could */
  read(): Promise<string>;
  /**
   * Asked by who was refused with it: reads it again, unless that was just done. Whether it is
   * another one now.
   */
  hasChanged(refused: string): Promise<boolean>;
}

export function fixedSecret(text: string): ChangingSecret {
  return { read: () => Promise.resolve(text), hasChanged: () => Promise.resolve(false) };
}

/** A rotation is noticed within this time where nobody refuses the old secret. */
const MAX_AGE_MS = 5 * 60 * 1000;
/** Whom nobody believes asks no more often than this. */
const MIN_AGE_MS = 10_000;

/**
 * Kept for some minutes. When it can't be read again the old one goes on: most often it is the same.
 *
 * @param read rejects with SettingUnavailable
 * @param now milliseconds of a clock that only goes forward
 */
export function changingSecret(read: () => Promise<string>, now: () => number): ChangingSecret {
  let known: { readonly text: string; readonly readAt: number } | undefined;
  let reading: Promise<string> | undefined;

  const readNow = async (): Promise<string> => {
    try {
      const text = await read();
      known = { text, readAt: now() };
      return text;
    } catch (error) {
      if (known === undefined) throw error;
      known = { ...known, readAt: now() };
      return known.text;
    } finally {
      reading = undefined;
    }
  };
  const ofAge = async (ms: number): Promise<string> => {
    if (known !== undefined && now() - known.readAt < ms) return known.text;
    return (reading ??= readNow());
  };
  return {
    read: () => ofAge(MAX_AGE_MS),
    hasChanged: async (refused) => (await ofAge(MIN_AGE_MS)) !== refused,
  };
}
