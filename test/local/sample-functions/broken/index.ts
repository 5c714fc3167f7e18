throw new Error('cannot be built');
