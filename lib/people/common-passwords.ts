/**
 * What people choose most, as far as it is long enough for us, and the words that they build such passwords of. Lower case.
 * Figures and signs around a word, or two of these words in a row, do not make a password of it (password.ts).
 */
const LONG = `
password1234 password12345 password123456 passwordpassword password123password 123456789012 1234567890123 12345678901234
123456789123 123456789abc 1234567890ab abc123456789 abcd12345678 abcdef123456 abcdefghijkl 123123123123 112233445566
111222333444 121212121212 111111111111 000000000000 222222222222 999999999999 987654321098 098765432109 qwertyuiop12
qwertyuiop123 qwertyuiopas qwertyuiop1234567890 qwerty123456 qwerty1234567 qwerty12345678 qwertyqwerty 1q2w3e4r5t6y
1q2w3e4r5t6y7u 1q2w3e4r5t6y7u8i 1qaz2wsx3edc 1qaz2wsx3edc4rfv zaq12wsxcde3 q1w2e3r4t5y6 asdfghjkl123 asdfghjkl1234
zxcvbnm12345 zxcvbnm123456 asdfasdfasdf iloveyou1234 iloveyou12345 iloveyouforever iloveyoubaby iloveyousomuch
letmeinplease letmein12345 letmein123456 welcome12345 welcome123456 welcometothe administrator administrator1
adminadmin123 admin1234567 admin12345678 rootroot1234 changeme1234 changemeplease changeme12345 trustno1trustno1
correcthorsebatterystaple thequickbrownfox mypassword123 mypassword1234 mypassword12 newpassword1 newpassword123
thisismypassword thisisapassword secretpassword passwordsecret superpassword masterpassword p@ssw0rd1234 p@ssword1234
passw0rd1234 passw0rd12345 football1234 baseball1234 basketball12 basketball123 liverpool123 liverpoolfc1 manchester12
manchesterunited realmadrid123 barcelona123 juventus1234 intermilan123 forzajuventus forzainter1908 forzamilan1899
sunshine1234 princess1234 butterfly123 chocolate123 strawberry12 starwars1234 pokemon12345 dragonball12 dragonballz1
spiderman123 superman1234 batman123456 michaeljackson michaeljordan christianoronaldo cristianoronaldo harrypotter1
harrypotter123 lordoftherings gameofthrones hellokitty123 hello1234567 helloworld12 helloworld123 helloworld1234
computer1234 internet1234 samsung12345 iphone123456 google123456 facebook1234 facebook12345 linkedin1234 microsoft123
windows12345 summer2023!! summer2024!! summer2025!! summer2026!! winter2024!! winter2025!! winter2026!! spring2025!!
autumn2025!! january12345 december1234 test12345678 testtesttest testing12345 demo12345678 guest1234567 user12345678
default12345 temp12345678 temporary123 blink182blink182 jesuschrist1 jesusislord1 godisgood123 ihateyou1234 fuckyou12345
qazwsxedcrfv qazwsxedc123 qazwsx123456 wsxqazedcrfv aaaaaaaaaaaa aaaaaa111111 a1b2c3d4e5f6 a1s2d3f4g5h6 1a2b3c4d5e6f
amoremio1234 tiamoamoremio amoreamore12 buongiorno12 forzaitalia12 napoli192600 francesco123 alessandro12 andrea123456
giuseppe1234 password2023 password2024 password2025 password2026 passwort1234 passwort12345 motdepasse12 motdepasse123
contrasena123 contrasena12 azertyuiop12 azertyuiop123 azerty123456 hallohallo12 schatz123456 teamofamilia
`
const WORDS = `
password passwort passwords pass passw motdepasse contrasena parola qwerty qwertyuiop azerty azertyuiop asdf asdfgh
asdfghjkl zxcvbn zxcvbnm qaz qazwsx wsx abc abcd abcde abcdef abcdefg abcdefgh admin administrator root superuser user guest login
letmein letme welcome changeme change default temp temporary test testing tester demo secret master system server
access account backup public private security secure bank banking money credit payment wallet portal developer owner
operator iloveyou love lover lovely loveme forever baby babe babygirl honey sweet sweetheart darling angel princess prince queen king
sunshine sunny summer winter spring autumn monday friday sunday january february march april june july august september
october november december flower flowers butterfly rainbow chocolate cookie cookies banana apple orange cherry
strawberry peanut pepper ginger coffee monkey tiger lion eagle dragon dragonball horse panda shark wolf kitty
hellokitty puppy rabbit dolphin football soccer baseball basketball hockey tennis golf chelsea liverpool arsenal
manchester united barcelona realmadrid juventus inter milan napoli roma lazio fiorentina forza superman batman
spiderman ironman starwars startrek pokemon pikachu naruto matrix minecraft fortnite harrypotter gandalf zelda mario
sonic hello hellothere helloworld world hi hey yes please thanks goodbye michael michelle jessica jennifer jordan
thomas robert daniel david andrew joshua matthew charlie george william richard joseph anthony christopher nicole ashley
amanda samantha stephanie elizabeth hannah sophie martina giulia chiara sara laura francesca alessia valentina
francesco alessandro andrea marco matteo luca giuseppe antonio davide lorenzo simone stefano roberto mario paolo
amore amoremio amor tiamo teamo ciao ciaociao buongiorno bella bello estate inverno primavera italia italy france london
paris berlin madrid america australia canada computer internet google facebook twitter instagram youtube linkedin
microsoft windows apple iphone android samsung nokia toyota ferrari porsche mercedes bmw audi honda yamaha harley
jesus christ jesuschrist god godisgood lord faith hope heaven blessed freedom liberty victory winner number one
trustno trust trustnoone ninja hunter killer shadow ghost magic wizard phoenix thunder lightning diamond silver gold golden
crystal star stars moon moonlight sky blue green red black white purple pink yellow family friends mother father sister
brother mom mommy dad daddy mamma papa happy lucky crazy cool awesome super hot sexy fuckyou fuck shit bitch asshole
whatever nothing something anything mynoob noob newyork california texas florida my me you the is this it new your our
`
const split = (text: string) => new Set(text.trim().split(/\s+/))

export const COMMON_PASSWORDS: ReadonlySet<string> = split(LONG)
export const COMMON_WORDS: ReadonlySet<string> = split(WORDS)
