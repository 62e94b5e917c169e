-- nothing needs it
DROP INDEX neighbour_other;
