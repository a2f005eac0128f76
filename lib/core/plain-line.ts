/** Nothing to see, or something that moves what stands around it: controls, direction marks and overrides, half a surrogate pair. */
const UNSEEN =
  /(?!\u200C|\u200D|\uFE0E|\uFE0F)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800]/u
/** Joiners shape Persian, Indic scripts and emoji. After a letter of these scripts, a digit or a sign they are just invisible. */
const IDLE_JOINER = /(?<![^\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}\p{P}\p{Z}])(?:\u200C|\u200D)/u
/** A choice between an emoji's two pictures, where there is no emoji. */
const IDLE_SELECTOR = /(?<!\p{Emoji})(?:\uFE0E|\uFE0F)/u

/**
 * Whether what is written is what is read: for names that others see. Two names that look alike would otherwise be two names,
 * and a direction override would turn “moc.liveapp” into another's.
 */
export function isPlainLine(text: string): boolean {
  return ![UNSEEN, IDLE_JOINER, IDLE_SELECTOR].some((pattern) => pattern.test(text))
}

/** The same for text of several lines. */
export function isPlainText(text: string): boolean {
  return isPlainLine(text.replace(/[\r\n\t]/g, ' '))
}
