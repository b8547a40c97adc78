import { checkFace } from '../support/face.ts';

checkFace('portal');
