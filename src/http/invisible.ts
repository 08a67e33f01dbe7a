/** Text in which every character can be seen or is a plain space: two that look the same are the same. */
export const withoutInvisible = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}]*$/u;

/** Text in which at least one character can be seen. */
export const somethingVisible = /[^\s\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;
