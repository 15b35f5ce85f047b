// Takes the place of the curves of age's other recipients in our builds: a consultation's keys are X25519
// (schemas/sealing.py).
export const MLKEM768P256 = undefined;
export const MLKEM768X25519 = undefined;
export const p256 = undefined;
