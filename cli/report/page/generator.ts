/** What the first lines of every report hold: by it a file is known to be one. */
export const GENERATOR = 'topic-mirror report';
