/* keypad.h: the telephone keypad of ITU-T E.161. */
#ifndef VN_KEYPAD_H
#define VN_KEYPAD_H

#ifdef __cplusplus
extern "C" {
#endif

/*
 * E.161: ABC=2 DEF=3 GHI=4 JKL=5 MNO=6 PQRS=7 TUV=8 WXYZ=9. 0 and 1 carry no
 * letter. All functions are pure; any thread may call them.
 */

/*
 * vn_keypad_key() returns the key (0..9) that dials 'c', an ASCII letter of
 * either case or a digit; -1 for any other character.
 */
int vn_keypad_key(char c);

/*
 * vn_keypad_rank() returns the place (1..4) of the ASCII letter 'c' on its
 * key: A=1 B=2 C=3 D=1 ... S=4; 0 for anything that is no letter.
 */
unsigned vn_keypad_rank(char c);

/*
 * vn_keypad_char() is the inverse: the upper-case letter at place 'rank'
 * (1..4) of 'key' (0..9); the digit itself for rank 0; '\0' if the key has no
 * such letter.
 */
char vn_keypad_char(unsigned key, unsigned rank);

#ifdef __cplusplus
}
#endif

#endif
