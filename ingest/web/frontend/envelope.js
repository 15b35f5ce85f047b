// A response as it is sealed, and the envelope around it (schemas/response.py, schemas/envelope.py).
import { answersToSend } from "./answers.js";
import { changeKeyOf, sha256Hex, toBase64 } from "./codes.js";

/** The envelope of a draft, and the hash of its sealed bytes. */
export async function envelopeOf(form, draft, changeCode, seal) {
  const response = {
    id: draft.id,
    consultation: draft.consultation,
    questionnaire_hash: form.questionnaire_hash,
    language: form.language,
    answers: answersToSend(form, draft.answers),
    started_at: draft.startedAt,
    ...(form.edition ? { edition: form.edition } : {}),
  };
  const sealed = await seal(JSON.stringify(response), form.recipients);
  const envelope = {
    id: draft.id,
    consultation: draft.consultation,
    questionnaire_hash: form.questionnaire_hash,
    media_type: form.media_type,
    change_key: await changeKeyOf(changeCode),
    ...(draft.replaces ? { replaces: draft.replaces } : {}),
    sealed: toBase64(sealed),
  };
  return { envelope, sha256: await sha256Hex(sealed) };
}
