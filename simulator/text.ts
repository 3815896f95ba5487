/** Sample texts in many scripts, all within the byte limits of import_topic. */
import type { Draw } from './random.ts';

type Choices = readonly [string, ...string[]];

// At most 25 bytes each, so that " 199" still fits the 30 bytes of TopicName.
const names: Choices = [
  'General',
  'Announcements',
  'Trading floor',
  'Off-topic & memes',
  'Q&A "beginners"',
  'Café <français>',
  'Größe\\Straße',
  'Señal y ruido',
  '闲聊灌水区',
  '新手指南',
  '游戏攻略与心得',
  '雑談チャンネル',
  'お知らせ',
  '자유 게시판',
  'Новости',
  'Общий чат',
  'النقاش العام',
  'أخبار اليوم',
  'חדשות הקהילה',
  'สอบถาม',
  'सामान्य',
  '🎮🔥 raids',
  '👩‍👩‍👧 family',
  '🏳️‍🌈',
  'Ελληνικά',
  'e\u0301te\u0301 2025',
];

// At most 118 bytes each, so that two of them fit the 240 bytes of Introduction.
const sentences: Choices = [
  'Please read the rules before you post.',
  'Be kind. No spoilers, no ads; "quotes" and \\backslashes\\ welcome.',
  'Line one\nline two\tand a tab',
  'Weekly events every Friday at 20:00 UTC 🎉',
  '欢迎来到本话题，请先阅读置顶公告。',
  '请勿发布广告，违者禁言。',
  'ここは初心者向けの質問部屋です。',
  '처음 오신 분은 공지를 읽어 주세요.',
  'Добро пожаловать! Правила в закрепе.',
  'مرحبا بكم في هذا الموضوع، الرجاء الاحترام',
  'ברוכים הבאים לנושא, אנא קראו את הכללים',
  'यहाँ आपका स्वागत है 🙏',
  'ยินดีต้อนรับ กรุณาอ่านกฎ',
  'Café, naïve, Ærøskøbing – dashes — and … ellipsis',
  'null',
  '0',
];

const longText = '关于本话题的长篇说明 – a long note. '.repeat(70).slice(0, 1600); // some 2,650 bytes

export function topicName(draw: Draw, ordinal: number): string {
  const name = draw.pick(names);
  return draw.chance(0.6) ? `${name} ${ordinal}` : name;
}

export function paragraph(draw: Draw): string {
  const first = draw.pick(sentences);
  return draw.chance(0.25) ? `${first} ${draw.pick(sentences)}` : first;
}

export function faceUrl(draw: Draw): string {
  return `https://cdn.example.com/topics/${hex(draw)}${hex(draw)}.png?v=${draw.int(1, 9)}`;
}

/** Often JSON text, as apps use CustomString for their own settings; now and then near its 3,000 bytes. */
export function customString(draw: Draw): string {
  const roll = draw.fraction();
  if (roll < 0.5) return '';
  if (roll < 0.7) return `k${draw.int(1, 99)}=${draw.pick(sentences)}`;
  if (roll < 0.98)
    return `{"v":${draw.int(1, 5)},"color":"#${hex(draw).slice(2)}","tags":["${draw.pick(names)}"]}`;
  return longText;
}

function hex(draw: Draw): string {
  return draw.int(0, 0xffffffff).toString(16).padStart(8, '0');
}
