/** The OdenetError that an action throws or rejects with; any other outcome fails the test. */
import { OdenetError } from "../../src/core/errors.ts";

export function errorOf(action: () => unknown): OdenetError {
  try {
    action();
  } catch (error) {
    if (error instanceof OdenetError) return error;
    throw error;
  }
  throw new Error("expected an OdenetError, got none");
}

export async function rejectionOf(promise: Promise<unknown>): Promise<OdenetError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof OdenetError) return error;
    throw error;
  }
  throw new Error("expected an OdenetError, got none");
}
