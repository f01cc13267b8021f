<?php

// Texte der deutschen Fassung. Diese Datei ist absichtlich in ISO-8859-1 gespeichert.
return [
    'name' => 'Bitte sagen Sie uns, wer Sie sind: schöne Grüße!',
    'address' => 'An diese Adresse können wir nicht zurückschreiben.',
    'text' => 'Es gibt nichts zu übermitteln.',
    'thanks' => 'Vielen Dank. Wir melden uns binnen zwei Werktagen in Köln oder Düsseldorf.',
];
