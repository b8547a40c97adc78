import { checkEmpty } from '../support/face.ts';

checkEmpty('portal');
checkEmpty('bureau');
