// Takes the place of age's post-quantum recipients in our builds: a consultation's keys are X25519 (schemas/sealing.py).
export const MLKEM768P256 = undefined;
export const MLKEM768X25519 = undefined;
