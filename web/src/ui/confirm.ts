import { shallowRef } from 'vue';

export interface Question {
  title: string;
  text: string;
  /** What the button that says yes says. */
  action: string;
  /** Whether something is lost for good. */
  danger?: boolean;
}

interface AskedQuestion extends Question {
  answer: (yes: boolean) => void;
}

/** The question on the screen. */
export const asked = shallowRef<AskedQuestion>();

/** Asks before something is done; the promise says whether to do it. */
export function useConfirm(): (question: Question) => Promise<boolean> {
  return (question) =>
    new Promise((resolve) => {
      asked.value?.answer(false);
      asked.value = {
        ...question,
        answer: (yes) => {
          asked.value = undefined;
          resolve(yes);
        },
      };
    });
}
